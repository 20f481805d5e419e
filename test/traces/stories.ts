/** The golden traces that `make.ts` writes, and how their ids begin. */
export const STORIES: Readonly<Record<string, string>> = {
  'n-plus-one': 'a1f0c3d2',
  'checkout-failure': 'c0ffee00',
  'slow-dependency': '510de9e4',
  'llm-route': '11a3b5c7',
  crash: 'deadc0de',
};
