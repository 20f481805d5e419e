import OpenAI, { AzureOpenAI } from 'openai';
import { run } from './openai-scenarios.mjs';

await run(process.argv[2].split(','), { OpenAI, AzureOpenAI });
