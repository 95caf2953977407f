# The binary is built on the official Node image, because it embeds the Node that builds it. `node` is called by
# itself, not through npm, whose path would put the development copy from node_modules first.
FROM node:24 AS build
WORKDIR /signet
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node scripts/package.mjs && mv build/signet-linux-* build/signet

FROM debian:12-slim
RUN install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /signet/build/signet /usr/local/bin/signet
USER 10001:10001
ENV SIGNET_DATA=/data SIGNET_SMTP_LISTEN=0.0.0.0:2525 SIGNET_HTTP_LISTEN=0.0.0.0:8080
# Freed messages go back to the system at once: scripts/build.mjs says why.
ENV MALLOC_MMAP_THRESHOLD_=131072
VOLUME /data
EXPOSE 2525 8080
# bash opens the connection by itself; the image holds no curl. The port is the one of SIGNET_HTTP_LISTEN.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/${SIGNET_HTTP_LISTEN##*:} && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '200 OK' <&3"]
ENTRYPOINT ["signet"]
CMD ["serve"]
