import { GoogleGenAI } from '@google/genai';
import { run } from './google-scenarios.mjs';

await run(process.argv[2].split(','), { GoogleGenAI });
