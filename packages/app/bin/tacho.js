#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`tacho: Node.js 20.19 or later is needed; this is ${process.versions.node}.`);
  process.exit(4);
}
require('../dist/cli/process-io.cjs').main();
