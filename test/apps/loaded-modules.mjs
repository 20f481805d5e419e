// Preloaded before ours: prints, at exit, every file that was loaded.
import { registerHooks } from 'node:module';

const loaded = new Set();
registerHooks({
  load(url, context, nextLoad) {
    loaded.add(url);
    return nextLoad(url, context);
  },
});
process.on('exit', () => {
  for (const url of loaded) console.log(url);
});
