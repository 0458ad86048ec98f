/** One React component a file: a top-level function whose name begins with a capital and that returns JSX. */

const isComponentName = (name) => /^[A-Z][A-Za-z0-9]*[a-z]/.test(name ?? '');

export const oneComponent = {
  meta: { type: 'suggestion', schema: [] },
  create(context) {
    const found = [];
    const note = (node, name) => {
      if (isComponentName(name)) found.push({ node, name });
    };
    const declaration = (node) => {
      if (node?.type === 'FunctionDeclaration') note(node, node.id?.name);
      if (node?.type !== 'VariableDeclaration') return;
      for (const one of node.declarations) {
        const isFunction = ['ArrowFunctionExpression', 'FunctionExpression'].includes(one.init?.type);
        if (isFunction) note(one, one.id.name);
      }
    };
    return {
      Program(program) {
        for (const node of program.body) declaration(node.type === 'ExportNamedDeclaration' ? node.declaration : node);
        for (const extra of found.slice(1)) {
          context.report({ node: extra.node, message: `${extra.name}: one component a file; ${found[0].name} is here already` });
        }
      },
    };
  },
};
