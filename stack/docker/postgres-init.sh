#!/bin/bash
# At the first start of the container: one role and one database per service, each closed to all the others.
set -euo pipefail

psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
    --command='REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'

for service in clients deals billing notifications ai gateway; do
    variable="${service^^}_DB_PASSWORD"
    psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set=name="crm_$service" --set=password="${!variable}" <<'SQL'
CREATE ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
\connect :"name"
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER SCHEMA public OWNER TO :"name";
\i /audit-log.sql
SQL
done
