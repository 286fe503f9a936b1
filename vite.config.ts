// Builds the app (root app/) and its service worker (sw/), beside each other in dist/app.
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import release from './package.json' with { type: 'json' }

const { version } = release

/** The relay of `npm start`, or under `sst dev` the region's APIs, which want to know who asks. */
function proxyTo(environment: Readonly<Record<string, string | undefined>>) {
  const api = environment['MERIDIAN_DEV_API'] ?? 'http://localhost:4321'
  const sockets = environment['MERIDIAN_DEV_SOCKETS'] ?? 'ws://localhost:4321'
  const header = environment['MERIDIAN_DEV_HEADER']
  const headers = header === undefined ? {} : { [header]: environment['MERIDIAN_DEV_SECRET'] ?? '' }
  const changeOrigin = header !== undefined
  return {
    '/api': { target: api, changeOrigin, headers },
    '/ws': { target: sockets, changeOrigin, headers, ws: true }
  }
}

export default defineConfig({
  root: 'app',
  publicDir: 'public',
  define: {
    __RELEASE__: JSON.stringify(version),
    'import.meta.env.VITE_VERSION': JSON.stringify(version)
  },
  build: {
    outDir: '../dist/app',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false
  },
  server: {
    proxy: proxyTo(process.env)
  },
  plugins: [
    VitePWA({
      strategies: 'injectManifest',
      srcDir: '../sw',
      filename: 'sw.ts',
      registerType: 'prompt',
      injectRegister: false,
      // The manifest is a file of ours in app/public: complete, readable and tested as it is served.
      manifest: false,
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,woff2,svg,png,webmanifest}'],
        // Letters beyond western Europe's are fetched when a text has them.
        globIgnores: ['icons/{wide,narrow}*', '**/*-latin-ext-*']
      }
    })
  ]
})
