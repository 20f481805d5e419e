import winston from 'winston';
import { run } from './winston-scenarios.mjs';

run(winston);
