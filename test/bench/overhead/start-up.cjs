// Loads what a web app loads, and says so at once. CommonJS, as server.cjs.
require('express');
require('pg');

console.log('up');
process.exit(0);
