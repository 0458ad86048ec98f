/** Imports run one way: routes -> features/x -> ui | charts | api -> diagnosis -> lib; features never import features. */

const RANK = { main: 4, routes: 3, features: 2, ui: 1, charts: 1, api: 1, diagnosis: 0.5, lib: 0 };
const SAME_RANK = new Set(['charts>ui']);

function room(path) {
  const inside = path.split('/src/')[1];
  if (inside === undefined) return null;
  const [first, second] = inside.split('/');
  if (first === undefined || first === 'test') return null;
  const name = first.replace(/\.tsx?$/, '');
  if (!(name in RANK)) return null;
  return { name, feature: name === 'features' ? second : null };
}

function resolve(from, source) {
  if (source.startsWith('@/')) return `/src/${source.slice(2)}`;
  if (!source.startsWith('.')) return null;
  const parts = from.split('/').slice(0, -1);
  for (const part of source.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export function verdict(from, source) {
  const target = resolve(from, source);
  const here = room(from);
  const there = target === null ? null : room(target);
  if (here === null || there === null) return null;
  if (here.name === there.name) {
    if (here.feature === there.feature) return null;
    return `feature "${here.feature}" must not import feature "${there.feature}"; move what both need to ui, charts, api or lib`;
  }
  if (RANK[here.name] > RANK[there.name] || SAME_RANK.has(`${here.name}>${there.name}`)) return null;
  return `"${here.name}" must not import "${there.name}": imports run routes -> features -> ui, charts, api -> diagnosis -> lib`;
}

export const layers = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const check = (node) => {
      if (node.source === null || node.source === undefined || typeof node.source.value !== 'string') return;
      const message = verdict(context.filename.replaceAll('\\', '/'), node.source.value);
      if (message !== null) context.report({ node: node.source, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};
