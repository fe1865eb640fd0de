# Botswain as a container: no build stage (Node runs the TypeScript as it is), no root, read-only root file system.
#   docker build -t botswain .
#   docker run --rm --network host -e HOST=127.0.0.1 --read-only --cap-drop ALL --security-opt no-new-privileges \
#     --tmpfs /tmp botswain      (the demo)
# For a build that is the same for ever, name the base by its digest: --build-arg NODE_IMAGE=node:24-slim@sha256:…
ARG NODE_IMAGE=node:24-slim
FROM ${NODE_IMAGE}
# Nothing in here needs to become somebody else: what would (su, mount, passwd) loses that right.
RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# ssh2 ships the private keys of its own tests; no key belongs into an image.
RUN npm ci --omit=dev --ignore-scripts --no-fund --no-audit && npm cache clean --force && rm -rf node_modules/ssh2/test
COPY commands ./commands
COPY config ./config
COPY src ./src
# A tmpfs mounted here takes this mode but belongs to root, so others must be able to write.
RUN install -d -o node -g node -m 1777 /data
ENV NODE_ENV=production BOTSWAIN_DATA=/data HOST=0.0.0.0
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The young generation stays small: 10,000 alerts at once then take 250 MB in place of 350.
CMD ["node", "--max-semi-space-size=8", "src/main.ts", "start"]
