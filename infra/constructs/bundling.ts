import { join } from 'node:path';
import { execPath, platform } from 'node:process';
import { type BundlingOptions, Charset, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** One word of a command line. */
const quoted = (word: string) => (platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`);

const ownParts = join(import.meta.dirname, '../../shared/aws/sdk-parts.ts');
/** Packages of the SDK, and the file that a bundle has in their place. */
export const aliases: Readonly<Record<string, string>> = {
  '@aws-sdk/credential-provider-node': ownParts,
  '@aws-sdk/middleware-endpoint-discovery': ownParts,
  '@smithy/core/checksum': ownParts,
};

/** How every function becomes one file; `npm run bench -- cold-start` measures what comes of it. */
export const bundling = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  // No source map: the outcomes of steps are thrown, and Node would read the map for the first of them, before a text
  // leaves. Nor names, which cost a tenth of the file (docs/decisions/0008): `npm run place` finds them again.
  sourceMap: false,
  keepNames: false,
  charset: Charset.UTF8,
  // The SDK as it was tested, not as the runtime happens to have it; but for what it imports when it is needed, which
  // here is never: nothing we call streams events, and a function's region comes by its environment.
  bundleAwsSDK: true,
  externalModules: ['@smithy/core/event-streams', '@smithy/credential-provider-imds'],
  esbuildArgs: { '--alias': Object.entries(aliases).map(([name, file]) => `${name}=${file}`) },
  // What is still CommonJS below asks for Node's modules by `require`.
  banner: "import { createRequire as requireAt } from 'node:module'; const require = requireAt(import.meta.url);",
  commandHooks: {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (_, folder) => [
      [execPath, join(import.meta.dirname, '../put-beside.ts'), join(folder, 'index.mjs')].map(quoted).join(' '),
    ],
  },
} as const satisfies BundlingOptions;
