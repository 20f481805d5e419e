const { OpenAI, AzureOpenAI } = require('openai');

import('./openai-scenarios.mjs').then(({ run }) => run(process.argv[2].split(','), { OpenAI, AzureOpenAI }));
