// Completes package-lock.json after `npm install`: `node .ci/lock-platforms.mjs`.
//
// A tool's binary comes as one optional package per platform. Where the registry in use lacks some of them, npm leaves them
// out of the lock file without a word, and `npm ci` then refuses the lock file everywhere. This adds them at the exact
// version their tool asks for, without an integrity hash, since only the package itself could give it.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

const PLATFORM = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(\w+))?$/;
const added = [];
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  if (path === '') continue;
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (!PLATFORM.test(name)) continue;
    if (`node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages) continue;
    if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
      throw new Error(`${path} asks for ${name}@${version}, which is not one version.`);
    lock.packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev && { dev }), optional: true };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(
  added.length === 0 ? 'package-lock.json is complete.' : `Added to package-lock.json:\n  ${added.join('\n  ')}`,
);

/** `@oxlint/binding-linux-arm64-musl` → `{ cpu: ['arm64'], libc: ['musl'], os: ['linux'] }` */
function platformOf(name) {
  const [, os, cpu, abi = ''] = PLATFORM.exec(name);
  const libc = os === 'linux' && cpu !== 'arm' ? { gnu: 'glibc', musl: 'musl' }[abi] : undefined;
  return { cpu: [cpu], ...(libc && { libc: [libc] }), os: [os] };
}
