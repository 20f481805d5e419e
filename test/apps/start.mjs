// Preload: the first way in.
import { start } from '@agentlog/otel';

start();
