// Exporters of a user's own that break every rule of the interface, by name.
const boom = () => {
  throw new Error('the exporter broke');
};
const base = { export: (_, done) => done({ code: 0 }), forceFlush: async () => {}, shutdown: async () => {} };

export const exporters = {
  'throws in export': () => ({ ...base, export: boom }),
  'rejects in export': () => ({ ...base, export: async () => boom() }),
  'calls back with nothing': () => ({ ...base, export: (_, done) => setTimeout(done) }),
  'calls back twice': () => ({
    ...base,
    export: (_, done) => {
      done({ code: 0 });
      done({ code: 1 });
      setTimeout(() => done({ code: 1 }));
    },
  }),
  'never calls back': () => ({ ...base, export: () => {} }),
  'throws in forceFlush and shutdown': () => ({ ...base, forceFlush: boom, shutdown: boom }),
  'rejects in forceFlush and shutdown': () => ({
    ...base,
    forceFlush: async () => boom(),
    shutdown: async () => boom(),
  }),
  'hangs in forceFlush and shutdown': () => ({
    ...base,
    forceFlush: () => new Promise(() => {}),
    shutdown: () => new Promise(() => {}),
  }),
  'empties the batch': () => ({
    ...base,
    export: (items, done) => {
      items.length = 0;
      done({ code: 0 });
    },
  }),
};
