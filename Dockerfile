# Botswain as a container: no build stage (Node runs the TypeScript as it is), no root, read-only root file system.
#   docker build -t botswain .
#   docker run --rm --network host -e HOST=127.0.0.1 --read-only --cap-drop ALL --tmpfs /tmp botswain      (the demo)
FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-fund --no-audit && npm cache clean --force
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
CMD ["node", "src/main.ts", "start"]
