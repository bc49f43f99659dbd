// Runs Azurite until standard input ends. The pipe ends with the process that holds its other end, however that one
// dies, so that no storage server is left behind.
import { createRequire } from 'node:module';

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`Node.js 20 or newer is needed; this is ${process.version}.`);
  process.exit(1);
}

// Ctrl+C reaches every process of the terminal, but storage has to outlive the work that is being finished.
process.on('SIGINT', () => {});
const once = process.once.bind(process);
process.once = (event, listener) => (event === 'SIGINT' ? process : once(event, listener));

process.stdin.resume();
process.stdin.on('close', () => {
  // Azurite writes its data out when told so by this message; it does not wait for open connections for ever.
  if (!process.emit('message', 'shutdown')) {
    process.exit(0);
  }
  setTimeout(() => process.exit(0), 3000).unref();
});

createRequire(import.meta.url)('azurite/dist/src/azurite.js');
