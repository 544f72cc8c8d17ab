module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  rules: {
    // openapi-fetch names its functions after the methods of HTTP: GET, POST.
    'new-cap': ['error', { capIsNew: false }],
  },
});
