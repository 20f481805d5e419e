import type { PageData } from '../page-data.ts';

/** A row of the waterfall before it is drawn: a span, or several alike that share the row until they are unfolded. */
export interface TreeNode {
  readonly spans: readonly number[];
  readonly depth: number;
  readonly above: TreeNode | undefined;
  /** The node of the folded tree that this one is a part of; itself for those. */
  readonly origin: FoldedNode;
  isCollapsed: boolean;
  isUnfolded: boolean;
  members?: TreeNode[];
  children?: TreeNode[];
}

interface FoldedNode {
  readonly spans: readonly number[];
  readonly below: FoldedNode[];
  /** Its spans by their parent. */
  byParent?: Map<number, number[]>;
}

export type Row =
  | { readonly kind: 'span'; readonly node: TreeNode }
  | { readonly kind: 'log'; readonly log: number; readonly depth: number };

/** Spans that share a row are at least as many. */
const MIN_GROUP = 3;

/** The tree as far as it is opened, as rows. */
export class Tree {
  readonly #data: PageData;
  readonly #roots: TreeNode[];
  readonly #logsOf = new Map<number, number[]>();
  /** By index of the span: its row, or that of the group it is folded into; −1 where it is not shown. */
  rowOf: Int32Array = new Int32Array();
  rows: Row[] = [];

  constructor(data: PageData, showsLogs: boolean) {
    this.#data = data;
    for (const [index, { span }] of data.logs.entries()) {
      if (span === undefined) continue;
      const known = this.#logsOf.get(span);
      if (known === undefined) this.#logsOf.set(span, [index]);
      else known.push(index);
    }
    this.#roots = fold(data).map((folded) => makeNode(folded, folded.spans, undefined));
    this.flatten(showsLogs);
  }

  logsOf(span: number): readonly number[] {
    return this.#logsOf.get(span) ?? [];
  }

  /** Makes `rows` and `rowOf` anew. Linear and without recursion: a trace may be 10,000 levels deep. */
  flatten(showsLogs: boolean): void {
    const { spans, logs } = this.#data;
    this.rows = [];
    this.rowOf = new Int32Array(spans.length).fill(-1);
    const stack: Row[] = this.#roots.map((node): Row => ({ kind: 'span', node })).reverse();
    for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
      if (row.kind === 'span') for (const span of row.node.spans) this.rowOf[span] = this.rows.length;
      this.rows.push(row);
      if (row.kind === 'log' || row.node.isCollapsed) continue;
      const { node } = row;
      const below: Row[] = this.childrenOf(node).map((child): Row => ({ kind: 'span', node: child }));
      const [first] = node.spans;
      if (showsLogs && node.spans.length === 1 && first !== undefined) {
        for (const log of this.logsOf(first)) below.push({ kind: 'log', log, depth: node.depth + 1 });
        const timeOf = (each: Row): number =>
          each.kind === 'log' ? (logs[each.log]?.atMs ?? 0) : (spans[each.node.spans[0] ?? 0]?.startMs ?? 0);
        if (below.length > 1) below.sort((a, b) => timeOf(a) - timeOf(b));
      }
      for (const each of below.reverse()) stack.push(each);
    }
  }

  /** What is shown below a node when it is open: its spans one by one if it is unfolded. */
  childrenOf(node: TreeNode): TreeNode[] {
    if (node.isUnfolded) {
      node.members ??= node.spans.map((span) => makeNode(node.origin, [span], node));
      return node.members;
    }
    node.children ??= node.origin.below.flatMap((below) => this.#split(below, node));
    return node.children;
  }

  /** The part of a folded node that lies below `above`. */
  #split(folded: FoldedNode, above: TreeNode): TreeNode[] {
    const isWhole = above.spans.length === above.origin.spans.length;
    const spans = isWhole ? folded.spans : above.spans.flatMap((parent) => this.#childrenIn(folded, parent));
    if (spans.length === 0) return [];
    if (spans.length === folded.spans.length || spans.length >= MIN_GROUP) {
      return [makeNode(folded, spans, above)];
    }
    return spans.map((span) => makeNode(folded, [span], above));
  }

  #childrenIn(folded: FoldedNode, parent: number): readonly number[] {
    if (folded.byParent === undefined) {
      folded.byParent = new Map();
      for (const span of folded.spans) {
        const above = this.#data.spans[span]?.parent ?? -1;
        const known = folded.byParent.get(above);
        if (known === undefined) folded.byParent.set(above, [span]);
        else known.push(span);
      }
    }
    return folded.byParent.get(parent) ?? [];
  }

  /** Opens whatever hides a span, and flattens. */
  reveal(span: number, showsLogs: boolean): void {
    const path: number[] = [];
    const seen = new Set<number>();
    for (let at: number | undefined = span; at !== undefined && !seen.has(at); ) {
      path.push(at);
      seen.add(at);
      at = this.#data.spans[at]?.parent;
    }
    let nodes = this.#roots;
    for (const at of path.reverse()) {
      let node = nodes.find((each) => each.spans.includes(at));
      if (node === undefined) continue;
      if (node.spans.length > 1) {
        node.isUnfolded = true;
        node.isCollapsed = false;
        node = this.childrenOf(node).find((each) => each.spans[0] === at) as TreeNode;
      }
      if (at !== span) node.isCollapsed = false;
      nodes = this.childrenOf(node);
    }
    this.flatten(showsLogs);
  }

  /** Opens or closes every node that has been made so far. */
  setAll(isCollapsed: boolean): void {
    const stack = [...this.#roots];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node.depth > 0 || !isCollapsed) node.isCollapsed = isCollapsed;
      node.isUnfolded = false;
      for (const child of this.childrenOf(node)) stack.push(child);
    }
  }
}

function fold({ rows }: PageData): FoldedNode[] {
  const roots: FoldedNode[] = [];
  const path: FoldedNode[] = [];
  for (const [depth, first, count] of rows) {
    const node: FoldedNode = { spans: Array.from({ length: count }, (_, at) => first + at), below: [] };
    path.length = depth;
    (path[depth - 1]?.below ?? roots).push(node);
    path[depth] = node;
  }
  return roots;
}

function makeNode(origin: FoldedNode, spans: readonly number[], above: TreeNode | undefined): TreeNode {
  const depth = above === undefined ? 0 : above.depth + 1;
  return { spans, depth, above, origin, isCollapsed: false, isUnfolded: false };
}
