// Backstage's packages for front ends are built for bundlers: Node cannot take names out of lodash as their ESM does.
// Of @backstage/integration the CommonJS build, which is in the same package, is read instead.
const FOR_BUNDLERS = '@backstage/integration';

export function resolve(specifier, context, next) {
  if (specifier !== FOR_BUNDLERS) return next(specifier, context);
  return next(specifier, { ...context, conditions: ['node', 'require', 'default'] });
}
