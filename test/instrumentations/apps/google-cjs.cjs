const { GoogleGenAI } = require('@google/genai');

import('./google-scenarios.mjs').then(({ run }) => run(process.argv[2].split(','), { GoogleGenAI }));
