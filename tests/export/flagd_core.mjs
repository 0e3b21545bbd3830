// Evaluates flags with flagd's own engine: reads {flags, requests: [[flag, context]…]}, writes values, null for none.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(process.argv[2] + '/');
const { FlagdCore } = require('@openfeature/flagd-core');
const silent = { error() {}, warn() {}, info() {}, debug() {} };
const answers = readFileSync(0, 'utf8').trim().split('\n').map((line) => {
  const { flags, requests } = JSON.parse(line);
  const core = new FlagdCore(undefined, silent);
  core.setConfigurations(JSON.stringify(flags));
  return requests.map(([flag, context]) => {
    try {
      const found = core.resolveStringEvaluation(flag, '', context, silent);
      return found.value ? [found.value, found.variant] : null;
    } catch {
      return null;
    }
  });
});
process.stdout.write(JSON.stringify(answers));
