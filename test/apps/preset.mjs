// Preload: the second way in.
import { preset } from '@agentlog/otel';
import { NodeSDK } from '@opentelemetry/sdk-node';

new NodeSDK(preset()).start();
