import type { ColumnFact, ColumnOrigin } from '../types/column-fact.ts';
import {
  columnNamed,
  type DataStatistics,
  type NewTable,
  type TableDefinition,
  type TableName,
} from './definitions.ts';

export interface SchemaDefinition {
  readonly name: string;
  readonly owner: string;
  readonly createdAt: Date;
}

/** What one user may do: the privileges HANA has on schemas and their objects. */
export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE ANY' | 'DROP' | 'ALTER';

/** User that has every privilege. */
export const SYSTEM_USER = 'SYSTEM';
/** Schema of the catalogue's own views. */
export const SYSTEM_SCHEMA = 'SYS';

const FIRST_OBJECT_ID = 160_000;

/**
 * Schemas, tables, views and who may use them. HANA's DDL commits, so this is changed after DuckDB has
 * done the same, and no transaction ever rolls it back. Names are exact: folding is the caller's work.
 */
export class Catalog {
  readonly #schemas = new Map<string, SchemaDefinition>();
  readonly #tables = new Map<string, TableDefinition>();
  readonly #grants = new Map<string, Set<string>>();
  #statistics: readonly DataStatistics[] = [];
  #nextObjectId = FIRST_OBJECT_ID;
  #version = 0;

  /** Goes up with every change: a statement compiled before must be compiled again. */
  get version(): number {
    return this.#version;
  }

  get schemas(): readonly SchemaDefinition[] {
    return [...this.#schemas.values()];
  }

  get tables(): readonly TableDefinition[] {
    return [...this.#tables.values()];
  }

  addSchema(name: string, owner: string): void {
    this.#schemas.set(name, { name, owner, createdAt: new Date() });
    this.#version++;
  }

  dropSchema(name: string): void {
    this.#schemas.delete(name);
    for (const table of this.tablesIn(name)) this.dropTable(name, table.name);
    this.#version++;
  }

  hasSchema(name: string): boolean {
    return this.#schemas.has(name);
  }

  schemaOwner(name: string): string | undefined {
    return this.#schemas.get(name)?.owner;
  }

  tablesIn(schemaName: string): readonly TableDefinition[] {
    return this.tables.filter((table) => table.schemaName === schemaName);
  }

  find(schemaName: string, name: string): TableDefinition | undefined {
    return this.#tables.get(key(schemaName, name));
  }

  /** The system-versioned table that a history table belongs to. */
  versionedBy({ schemaName, name }: TableName): TableDefinition | undefined {
    return this.tables.find(
      ({ history }) => history?.schemaName === schemaName && history.name === name,
    );
  }

  /** Adds a table, or puts a changed definition in the place of the old one. */
  put(table: NewTable): TableDefinition {
    const old = this.find(table.schemaName, table.name);
    const definition = {
      ...table,
      objectId: old?.objectId ?? this.#nextObjectId++,
      createdAt: old?.createdAt ?? new Date(),
    };
    this.#tables.set(key(table.schemaName, table.name), definition);
    this.#version++;
    return definition;
  }

  dropTable(schemaName: string, name: string): void {
    this.#tables.delete(key(schemaName, name));
    this.dropStatistics(({ table }) => table.schemaName === schemaName && table.name === name);
    const suffix = ` ${key(schemaName, name)}`;
    for (const grants of this.#grants.values()) {
      for (const grant of grants) if (grant.endsWith(suffix)) grants.delete(grant);
    }
    this.#version++;
  }

  get statistics(): readonly DataStatistics[] {
    return this.#statistics;
  }

  /** Adds statistics, in place of those of the same type on the same column. */
  putStatistics(statistics: Omit<DataStatistics, 'objectId'>): void {
    const { table, column, type } = statistics;
    const old = this.#statistics.find(
      (other) =>
        other.table.schemaName === table.schemaName &&
        other.table.name === table.name &&
        other.column === column &&
        other.type === type,
    );
    const objectId = old?.objectId ?? this.#nextObjectId++;
    const others = this.#statistics.filter((other) => other !== old);
    this.#statistics = [...others, { ...statistics, objectId }];
  }

  dropStatistics(matches: (statistics: DataStatistics) => boolean): void {
    this.#statistics = this.#statistics.filter((statistics) => !matches(statistics));
  }

  grant(user: string, privilege: Privilege, schemaName: string, name = ''): void {
    const grants = this.#grants.get(user) ?? new Set();
    grants.add(`${privilege} ${key(schemaName, name)}`);
    this.#grants.set(user, grants);
    this.#version++;
  }

  revoke(user: string, privilege: Privilege, schemaName: string, name = ''): void {
    this.#grants.get(user)?.delete(`${privilege} ${key(schemaName, name)}`);
    this.#version++;
  }

  /** The user is SYSTEM, owns the schema or the object, or was granted the privilege on one of them. */
  allows(user: string, privilege: Privilege, schemaName: string, name = ''): boolean {
    if (user === SYSTEM_USER || this.schemaOwner(schemaName) === user) return true;
    if (schemaName === SYSTEM_SCHEMA) return privilege === 'SELECT';
    if (name !== '' && this.find(schemaName, name)?.owner === user) return true;
    const grants = this.#grants.get(user);
    return (
      grants !== undefined &&
      (grants.has(`${privilege} ${key(schemaName, '')}`) ||
        grants.has(`${privilege} ${key(schemaName, name)}`))
    );
  }

  /** The user may see that the object exists. */
  shows(user: string, schemaName: string, name: string): boolean {
    const privileges = name === '' ? ALL_PRIVILEGES : OBJECT_PRIVILEGES;
    return privileges.some((privilege) => this.allows(user, privilege, schemaName, name));
  }

  /** What the result of a plain reference to a column is described with. */
  columnFact(origin: ColumnOrigin): ColumnFact | undefined {
    const table = this.find(origin.schemaName, origin.tableName);
    const column = table === undefined ? undefined : columnNamed(table, origin.columnName);
    if (column === undefined) return undefined;
    const { type, nullable, rowTime } = column;
    return { type, nullable, origin, generated: rowTime !== undefined };
  }
}

/** Privileges on one table or view. */
export const OBJECT_PRIVILEGES: readonly Privilege[] = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'DROP',
  'ALTER',
];

/** Privileges on a schema: CREATE ANY, and those that then hold for all its objects. */
export const ALL_PRIVILEGES: readonly Privilege[] = [...OBJECT_PRIVILEGES, 'CREATE ANY'];

/** Names may hold any character but NUL. */
const key = (schemaName: string, name: string): string => `${schemaName}\0${name}`;
