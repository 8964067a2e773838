/** True in a process that `npm start` or `npm run` started, and in its children. */
export function startedByNpm(environment: Readonly<NodeJS.ProcessEnv> = process.env): boolean {
  return environment['npm_lifecycle_event'] !== undefined;
}
