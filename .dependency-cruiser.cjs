// What tests/tidy/imports.test.ts cannot see: cycles, imports that lead nowhere, undeclared packages.

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Imports go down, never round; types included.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(virtual:|\\./assets)' }
    },
    {
      name: 'declared',
      comment: 'A package that package.json does not name works by accident.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'undetermined'] }
    },
    {
      name: 'no-development-packages-at-run-time',
      comment:
        'What people run needs only `dependencies`; the stand-ins for AWS are for development.',
      severity: 'error',
      from: { path: '^(app|sw|sync-api)/', pathNot: '^sync-api/local-cloud/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] }
    },
    {
      name: 'worker-stays-small',
      comment: 'The service worker starts in the background: no screen and no editor in it.',
      severity: 'error',
      from: { path: '^sw/' },
      to: { path: 'node_modules/(lit|prosemirror-|y-prosemirror)', reachable: true }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|tests/bench)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module', 'browser', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts']
    },
    skipAnalysisNotInRules: true
  }
}
