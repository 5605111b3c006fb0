//! Puts the roles and the service's database in order, at every start anew.
//! Changes only what is not as it should be, and makes no table: migrations do.

use super::databases::{DatabaseError, MAINTENANCE, as_superuser, close_to_public, quote_name};
use super::endpoint::{Endpoint, Role};

/// The roles, with exactly these rights. A right added by hand is taken away again: what the service cannot do is
/// part of what it promises. Memberships are rights too.
const ROLES: &str = r"
DO $$
DECLARE
    who  text;
    held record;
BEGIN
    FOREACH who IN ARRAY ARRAY['lawgate_owner', 'lawgate_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = who) THEN
            EXECUTE format('CREATE ROLE %I', who);
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = who AND rolcanlogin
                AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
                AND rolinherit AND rolconnlimit = -1 AND coalesce(rolvaliduntil, 'infinity') = 'infinity') THEN
            EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
                INHERIT CONNECTION LIMIT -1 VALID UNTIL ''infinity''', who);
        END IF;
        FOR held IN SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
                WHERE m.member = who::regrole LOOP
            EXECUTE format('REVOKE %I FROM %I', held.rolname, who);
        END LOOP;
    END LOOP;
    FOREACH who IN ARRAY ARRAY['postgres', 'template1'] LOOP
        IF has_database_privilege('public', who, 'CONNECT, TEMPORARY, CREATE') THEN
            EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', who);
        END IF;
    END LOOP;
END $$";

/// The schema `public` of the service's database: the owner of the database makes tables, the service uses them.
/// Version 14 still leaves the schema to the superuser and lets everybody create in it.
const SCHEMA: &str = r"
DO $$
BEGIN
    IF (SELECT nspowner FROM pg_namespace WHERE nspname = 'public') <> 'pg_database_owner'::regrole THEN
        ALTER SCHEMA public OWNER TO pg_database_owner;
    END IF;
    IF has_schema_privilege('public', 'public', 'CREATE, USAGE') THEN
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
    END IF;
    IF has_schema_privilege('lawgate_app', 'public', 'CREATE') THEN
        REVOKE ALL ON SCHEMA public FROM lawgate_app;
    END IF;
    IF NOT has_schema_privilege('lawgate_app', 'public', 'USAGE') THEN
        GRANT USAGE ON SCHEMA public TO lawgate_app;
    END IF;
END $$";

/// Whether the database exists, belongs to the owner, is closed to the public and open to the service.
const DATABASE_STATE: &str = "SELECT datdba = 'lawgate_owner'::regrole,
    has_database_privilege('public', oid, 'CONNECT, TEMPORARY, CREATE')
        OR has_database_privilege('lawgate_app', oid, 'TEMPORARY, CREATE')
        OR NOT has_database_privilege('lawgate_app', oid, 'CONNECT')
    FROM pg_database WHERE datname = $1";

/// Whether the last step, [`SCHEMA`], has been done.
const SCHEMA_STATE: &str = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lawgate_app')
    AND has_schema_privilege((SELECT oid FROM pg_roles WHERE rolname = 'lawgate_app'), 'public', 'USAGE')
    AND NOT has_schema_privilege('public', 'public', 'CREATE, USAGE')";

/// Makes or repairs roles, database and schema.
///
/// # Errors
/// [`DatabaseError`].
pub(super) fn put_in_order(endpoint: &Endpoint, database: &str) -> Result<(), DatabaseError> {
    let name = quote_name(database)?;
    let close = close_to_public(database)?;
    as_superuser(endpoint, MAINTENANCE, async move |client| {
        client.batch_execute(ROLES).await.map_err(DatabaseError::while_doing("put its roles in order"))?;
        let state = client.query_opt(DATABASE_STATE, &[&database]).await.map_err(DatabaseError::while_doing("look at its database"))?;
        let (owned, open) = state.map_or((None, true), |row| (Some(row.get::<_, bool>(0)), row.get(1)));
        let owner = Role::Owner.name();
        let make = match owned {
            None => Some(format!("CREATE DATABASE {name} OWNER {owner}")),
            Some(false) => Some(format!("ALTER DATABASE {name} OWNER TO {owner}")),
            Some(true) => None,
        };
        if let Some(make) = make {
            client.batch_execute(&make).await.map_err(DatabaseError::while_doing("create its database"))?;
        }
        if open {
            let app = Role::App.name();
            client
                .batch_execute(&format!("REVOKE ALL ON DATABASE {name} FROM {app}; {close}"))
                .await
                .map_err(DatabaseError::while_doing("close its database to the public"))?;
        }
        Ok(())
    })?;
    as_superuser(endpoint, database, async move |client| {
        client.batch_execute(SCHEMA).await.map_err(DatabaseError::while_doing("put its schema in order"))
    })
}

/// Whether the cluster answers and [`put_in_order`] has come to its end there before.
pub(super) fn is_in_order(endpoint: &Endpoint, database: &str) -> bool {
    as_superuser(endpoint, database, async |client| {
        let row = client.query_one(SCHEMA_STATE, &[]).await.map_err(DatabaseError::while_doing("look at its schema"))?;
        Ok(row.get(0))
    })
    .unwrap_or(false)
}
