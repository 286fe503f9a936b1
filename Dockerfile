# The relay and the app in one image. Documents live in the volume /data.
#   docker build -t meridian .
#   docker run -p 4321:4321 -v meridian:/data meridian
# See docs/self-hosting.md for certificates: browsers on other machines need https.
FROM node:20-slim AS build
WORKDIR /meridian
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
WORKDIR /meridian
COPY --from=build /meridian/package.json ./
COPY --from=build /meridian/node_modules ./node_modules
COPY --from=build /meridian/dist ./dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 4321
ENV NODE_ENV=production MERIDIAN_DATA=/data MERIDIAN_HOST=0.0.0.0
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:4321/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not npm: it would not hand the signal on, and the host would not stop gracefully.
CMD ["node", "dist/host/embedded.js"]
