/**
 * The peers: Haraka with its banner plugin, Postfix as a plain relay, and Postfix with altermime as a content filter the
 * way its FILTER_README shows. Needs root and Debian: installs Postfix and altermime by apt, Haraka by npm, once.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const harakaVersion = '3.3.4';
const START_MS = 30_000;
/** Messages of one round through a filter that starts three programs for each. */
const FILTERED = 60;
const banner = {
  text: '--\\r\\nAda Lovelace\\r\\nContoso',
  html: '<table><tr><td><b>Ada Lovelace</b></td></tr><tr><td>Contoso Ltd</td></tr></table>',
};

/** Three running contenders. All of Postfix counts as one process with its children. */
export async function startPeers({ folder, nextPort }) {
  install();
  // By hand: Postfix's own users must be able to look into it.
  const home = join(folder, 'peers');
  mkdirSync(home, { mode: 0o755 });
  chmodSync(folder, 0o755);
  const [harakaPort, relayPort, filterPort] = await freePorts(3);
  const haraka = await startHaraka(join(home, 'haraka'), { port: harakaPort, nextPort });
  const postfix = await startPostfix(join(home, 'postfix'), { relayPort, filterPort, nextPort });
  return [
    { name: 'haraka+banner', port: harakaPort, ...haraka },
    { name: 'postfix', port: relayPort, ...postfix },
    { name: 'postfix+altermime', port: filterPort, pid: postfix.pid, most: FILTERED, stop: () => undefined },
  ];
}

const harakaFolder = join(tmpdir(), `signet-bench-haraka-${harakaVersion}`);

function install() {
  const isThere = ['/usr/sbin/postfix', '/usr/bin/altermime'].every(existsSync);
  if (!isThere) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['install', '-y', '-qq', 'postfix', 'altermime'], { stdio: 'ignore', env });
  }
  if (existsSync(join(harakaFolder, 'node_modules/Haraka'))) return;
  mkdirSync(harakaFolder, { recursive: true });
  writeFileSync(join(harakaFolder, 'package.json'), '{"private": true}\n');
  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `Haraka@${harakaVersion}`];
  execFileSync('npm', words, { cwd: harakaFolder, stdio: 'ignore' });
}

async function startHaraka(home, { port, nextPort }) {
  const program = join(harakaFolder, 'node_modules/Haraka/bin/haraka');
  execFileSync(process.execPath, [program, '-i', home], { stdio: 'ignore' });
  const config = {
    'smtp.ini': `listen=127.0.0.1:${port}\nnodes=0\ndaemonize=false\n`,
    plugins: 'open_all\nbanner\nqueue/smtp_forward\n',
    'smtp_forward.ini': `enable_outbound=true\nhost=127.0.0.1\nport=${nextPort}\nenable_tls=false\nmax_connections=50\n`,
    'log.ini': '[main]\nlevel=warn\n',
    // The whole of it: Haraka has no defaults beside its own file.
    'connection.ini': readFileSync(
      join(harakaFolder, 'node_modules/Haraka/config/connection.ini'),
      'utf8',
    ).replace(/^bytes=.*$/m, 'bytes=52428800'),
  };
  for (const [name, text] of Object.entries(config)) writeFileSync(join(home, 'config', name), text);
  const plugins = {
    'open_all.js':
      'exports.hook_connect = function (next, connection) { connection.relaying = true; next() }\n' +
      'exports.hook_rcpt = function (next) { next(OK) }\n',
    'banner.js': `exports.hook_data = function (next, connection) {
  connection.transaction.set_banner('${banner.text}', '${banner.html}'); next()
}\n`,
  };
  for (const [name, text] of Object.entries(plugins)) writeFileSync(join(home, 'plugins', name), text);
  const log = openSync(join(home, 'haraka.log'), 'w');
  const child = spawn(process.execPath, [program, '-c', home], { cwd: home, stdio: ['ignore', log, log] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  await untilListening(port, 'Haraka');
  return { pid: child.pid, stop: kill };
}

async function startPostfix(home, { relayPort, filterPort, nextPort }) {
  for (const name of ['etc', 'data', 'spool', 'inbox']) mkdirSync(join(home, name), { recursive: true });
  execFileSync('chown', ['postfix', join(home, 'data')]);
  execFileSync('chown', ['nobody', join(home, 'inbox')]);
  writeFileSync(join(home, 'etc/main.cf'), mainCf(home, nextPort));
  writeFileSync(join(home, 'etc/master.cf'), masterCf(home, relayPort, filterPort));
  writeFileSync(join(home, 'disclaimer.txt'), '--\nAda Lovelace\nContoso\n');
  writeFileSync(join(home, 'disclaimer.html'), `${banner.html}\n`);
  writeFileSync(join(home, 'disclaimer.sh'), filterScript(home), { mode: 0o755 });
  // Else sendmail refuses, for others than root, a configuration that the system's own does not name.
  execFileSync('postconf', ['-e', `alternate_config_directories=${home}/etc`]);
  const forget = () => execFileSync('postconf', ['-X', 'alternate_config_directories']);
  process.once('exit', forget);
  // It also makes the folders of the queue.
  execFileSync('postfix', ['-c', `${home}/etc`, 'start'], { stdio: 'ignore' });
  const stop = () => execFileSync('postfix', ['-c', `${home}/etc`, 'stop'], { stdio: 'ignore' });
  process.once('exit', stop);
  await untilListening(relayPort, 'Postfix');
  await untilListening(filterPort, 'Postfix');
  return {
    pid: Number(readFileSync(join(home, 'spool/pid/master.pid'), 'utf8')),
    stop: () => {
      process.off('exit', stop).off('exit', forget);
      stop();
      forget();
    },
  };
}

function mainCf(home, nextPort) {
  return `compatibility_level = 3.6
queue_directory = ${home}/spool
data_directory = ${home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = bench.example.com
mydestination =
relayhost = [127.0.0.1]:${nextPort}
maillog_file = ${home}/data/mail.log
maillog_file_prefixes = ${home}
message_size_limit = 52428800
default_process_limit = 100
smtp_destination_concurrency_limit = 50
default_destination_concurrency_limit = 50
initial_destination_concurrency = 20
smtp_tls_security_level = none
smtpd_client_connection_count_limit = 0
alternate_config_directories = ${home}/etc
`;
}

function masterCf(home, relayPort, filterPort) {
  return `${relayPort} inet n - n - - smtpd
${filterPort} inet n - n - - smtpd
    -o content_filter=dfilt:
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
dfilt unix - n n - 4 pipe
    flags=Rq user=nobody argv=${home}/disclaimer.sh -f \${sender} -- \${recipient}
`;
}

function filterScript(home) {
  return `#!/bin/sh
F=$(mktemp -p ${home}/inbox) || exit 75
cat > "$F" || exit 75
/usr/bin/altermime --input="$F" --disclaimer=${home}/disclaimer.txt --disclaimer-html=${home}/disclaimer.html >/dev/null 2>&1 || exit 75
/usr/sbin/sendmail -C ${home}/etc -oi "$@" < "$F"; rc=$?
rm -f "$F"; exit $rc
`;
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map(server => once(server, 'listening')));
  const ports = servers.map(server => server.address().port);
  await Promise.all(servers.map(server => once(server.close(), 'close')));
  return ports;
}

async function untilListening(port, name) {
  for (const start = performance.now(); performance.now() - start < START_MS; await pause(100)) {
    const socket = connect(port, '127.0.0.1');
    const greeted = await once(socket, 'data', { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    socket.destroy();
    if (greeted) return;
  }
  throw new Error(`expected ${name} to start within ${START_MS / 1000} s, got no greeting`);
}
