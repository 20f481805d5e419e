const { Anthropic } = require('@anthropic-ai/sdk');

import('./anthropic-scenarios.mjs').then(({ run }) => run(process.argv[2].split(','), { Anthropic }));
