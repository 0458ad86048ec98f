import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { layers } from './eslint/layers.js';
import { oneComponent } from './eslint/one-component.js';

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'test-results', 'playwright-report', 'src/api/schema.d.ts', 'public'] },
  ...tseslint.configs.strict,
  hooks.configs.flat.recommended,
  {
    plugins: { primia: { rules: { layers, 'one-component': oneComponent } } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-globals': [
        'error',
        { name: 'localStorage', message: 'View state lives in the URL; only ui/ColourScheme keeps a preference.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Give it a name: no default exports.' },
        { selector: "MemberExpression[property.name=/^toLocale(Date|Time)?String$/]", message: 'Format with lib/format.' },
      ],
    },
  },
  { files: ['src/**/*.{ts,tsx}'], rules: { 'primia/layers': 'error' } },
  {
    files: ['src/**/*.tsx'],
    ignores: ['src/**/*.test.tsx', 'src/test/**'],
    rules: {
      'primia/one-component': 'error',
      'max-lines': ['error', { max: 150, skipBlankLines: false, skipComments: false }],
    },
  },
  { files: ['*.config.{js,ts}'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['e2e/fixtures/**'], rules: { 'no-console': 'off' } },
);
