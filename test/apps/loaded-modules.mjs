// Preloaded before ours: prints, at exit, every file that was loaded.
import { registerHooks } from 'node:module';

const loaded = new Set();
registerHooks({
  load(url, context, nextLoad) {
    loaded.add(url);
    return nextLoad(url, context);
  },
});
// In one piece: many small writes fill the pipe, and what is left in a queue at exit is lost.
process.on('exit', () => console.log([...loaded].join('\n')));
