// Runs before every npm script, on whatever Node the machine has (20 or later): brings node_modules in line with
// package-lock.json. From then on npm finds the project's own Node 24 first, in node_modules/.bin.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const windows = process.platform === 'win32';

const say = (text) => process.stderr.write(`${text}\n`);
const fail = (text) => {
  say(`\n${text}`);
  process.exit(1);
};

const wanted = packagesOf(join(root, 'package-lock.json'));
if (wanted === undefined) fail('package-lock.json is missing or not readable: is this a whole checkout?');
const before = packagesOf(join(modules, '.package-lock.json'));

if (!upToDate(wanted, before)) {
  if (windows && process.execPath.startsWith(modules + sep)) {
    // Windows does not let a running program be replaced, and this one runs from node_modules.
    fail('package-lock.json has changed since the packages were installed. Run `npm ci`, then try again.');
  }
  say(
    before === undefined
      ? 'Installing the packages of package-lock.json, Node 24 among them. Only the first run does this; it may take a minute or two.'
      : 'package-lock.json has changed since the packages were installed. Installing them anew.',
  );
  await install();
}
checkNode();

/** Where each package lies → what lies there; undefined where the file cannot be read. */
function packagesOf(file) {
  try {
    const packages = Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages);
    return new Map(packages.filter(([path]) => path !== ''));
  } catch {
    return undefined;
  }
}

/** npm writes node_modules/.package-lock.json as the last act of an install: an interrupted one leaves none behind. */
function upToDate(locked, installed) {
  if (installed === undefined) return false;
  const same = ([path, { version, integrity, optional }]) => {
    const found = installed.get(path);
    if (found === undefined) return optional === true;
    return found.version === version && (integrity === undefined || found.integrity === integrity);
  };
  return [...locked].every(same) && [...installed.keys()].every((path) => locked.has(path));
}

async function install() {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const options = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath ?? '';
  const stdio = ['ignore', process.stderr, process.stderr];
  // Within an npm script npm names itself; called by hand, `npm` is on the PATH (on Windows a .cmd, which needs a shell).
  const child = /npm-cli\.c?js$/.test(npm)
    ? spawn(process.env.npm_node_execpath ?? process.execPath, [npm, ...options], { cwd: root, stdio })
    : spawn('npm', options, { cwd: root, stdio, shell: windows });
  const beat = process.stderr.isTTY ? undefined : setInterval(() => say(`  … ${seconds()} s`), 10_000);
  const outcome = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  clearInterval(beat);
  if (outcome !== 0) {
    fail(
      `\`npm ci\` failed (${outcome}) after ${seconds()} s; npm says why above. It needs the npm registry, or a mirror of it, once.\n` +
        'If it keeps failing, stop what still runs from this folder, delete node_modules and try again.',
    );
  }
}

/** Not every platform has a Node 24 among the packages, and the Linux ones want glibc. */
function checkNode() {
  const own = join(modules, '.bin', windows ? 'node.cmd' : 'node');
  if (process.execPath.startsWith(modules + sep)) return;
  if (existsSync(own)) {
    if (windows || spawnSync(own, ['--version']).status === 0) return;
    rmSync(own);
  }
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 18) || major === 23) {
    fail(
      `There is no Node 24 for ${process.platform}-${process.arch} among the packages, and the Node on this machine is ${process.version}.\n` +
        'Install Node 24 and try again.',
    );
  }
}
