import tseslint from 'typescript-eslint';

export default tseslint.config(tseslint.configs.strictTypeChecked, {
  languageOptions: { parserOptions: { projectService: true } },
  rules: {
    // Lumino's signals take a method and its object.
    '@typescript-eslint/unbound-method': 'off',
    // Event handlers and signals' slots may be asynchronous.
    '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    // node:test's functions give promises that the runner itself waits for.
    '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test', 'describe', 'it'] }] }],
  },
});
