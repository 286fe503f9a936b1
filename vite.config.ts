// Builds the app (root app/) and its service worker (sw/), beside each other in dist/app.
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import release from './package.json' with { type: 'json' }

const { version } = release

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
    proxy: { '/api': 'http://localhost:4321', '/ws': { target: 'ws://localhost:4321', ws: true } }
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
