// Loads what a web app loads, and says so at once.
import 'express';
import 'pg';

console.log('up');
process.exit(0);
