import Anthropic from '@anthropic-ai/sdk';
import { run } from './anthropic-scenarios.mjs';

await run(process.argv[2].split(','), { Anthropic });
