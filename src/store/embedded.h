/*
 * embedded.h — files the build put into the binary: the schema's migrations.
 *
 * Thread   Constants.
 * Memory   The binary's.
 */
#ifndef STORE_EMBEDDED_H
#define STORE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name; /* "0001_initial.sql"; NULL ends the array */
    const unsigned char *bytes;
    size_t size;
};

/* One array a folder of src/store/schema, in the order of the file names. */
extern const struct embedded_file schema_sqlite[];
extern const struct embedded_file schema_sqlite_live[];
extern const struct embedded_file schema_postgres[];
extern const struct embedded_file schema_postgres_live[];

#endif
