// Backstage's frontend packages are built for bundlers: their ES modules import names from lodash, which Node cannot do.
// So Node loads the CommonJS build of @backstage/integration, which is in the same package.
const FOR_BUNDLERS = '@backstage/integration';

export function resolve(specifier, context, next) {
  if (specifier !== FOR_BUNDLERS) return next(specifier, context);
  return next(specifier, { ...context, conditions: ['node', 'require', 'default'] });
}
