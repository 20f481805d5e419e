const winston = require('winston');

import('./winston-scenarios.mjs').then(({ run }) => run(winston));
