import { DatabaseSync } from 'node:sqlite';

export type Database = DatabaseSync;

/** Of the whole file: raise it when any room of `local/` changes its tables so that an older program would misread them. */
const VERSION = 3;

/** The file was written by a later release; opening it could destroy what this release does not know. */
export class NewerDatabase extends Error {
  override readonly name = 'NewerDatabase';
}

/** The file was written by an earlier release, whose items this release does not read. */
export class OlderDatabase extends Error {
  override readonly name = 'OlderDatabase';
}

/**
 * The one file (or `:memory:`) in which the modules of `local/` keep their tables, each creating its own.
 *
 * Every commit reaches the disk before it is answered (`synchronous = FULL`). NORMAL would already outlive a killed
 * process, but not a power cut; and what is kept here are the claims that stop a message from going out twice and the
 * consent of people who said STOP.
 */
export function openDatabase(path: string): Database {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > VERSION) {
      throw new NewerDatabase(
        `${path} has schema version ${version}; this release knows ${VERSION}. Use a newer release.`,
      );
    }
    // 0: it has just been made.
    if (version !== 0 && version < VERSION) {
      throw new OlderDatabase(
        `${path} has schema version ${version}; this release reads only ${VERSION}. To start afresh: npm start -- --reset`,
      );
    }
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    if (version < VERSION) database.exec(`PRAGMA user_version = ${VERSION}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Runs `work` to its end, or, if it throws, not at all. `work` is synchronous and does not nest. */
export function inTransaction<T>(database: Database, work: () => T): T {
  // IMMEDIATE, as a transaction that reads first and only then wants to write cannot wait for another process.
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // Some faults (a full disk) have ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
