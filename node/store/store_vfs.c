/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/store_vfs.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

/* A file of ours: SQLite's header, then the file of the default VFS, aligned as SQLite aligns (8 bytes). */
struct shim_file {
	sqlite3_file base;
	sqlite3_int64 inner[];
};

static const sqlite3_io_methods shim_methods;

/* The shim is one for the process, and so is what it counts. */
static _Atomic uint64_t written;

uint64_t store_vfs_written(void)
{
	return atomic_load_explicit(&written, memory_order_relaxed);
}

static sqlite3_file *inner_of(sqlite3_file *file)
{
	assert(file->pMethods == &shim_methods || file->pMethods == NULL); /* NULL: not open yet */
	return (sqlite3_file *)((struct shim_file *)file)->inner;
}

static sqlite3_vfs *default_of(sqlite3_vfs *vfs)
{
	return vfs->pAppData;
}

static int shim_close(sqlite3_file *file)
{
	return inner_of(file)->pMethods->xClose(inner_of(file));
}

static int shim_read(sqlite3_file *file, void *out, int size, sqlite3_int64 offset)
{
	return inner_of(file)->pMethods->xRead(inner_of(file), out, size, offset);
}

static int shim_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
	atomic_fetch_add_explicit(&written, (uint64_t)size, memory_order_relaxed);
	return inner_of(file)->pMethods->xWrite(inner_of(file), bytes, size, offset);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return inner_of(file)->pMethods->xTruncate(inner_of(file), size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
	return inner_of(file)->pMethods->xSync(inner_of(file), flags);
}

static int shim_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return inner_of(file)->pMethods->xFileSize(inner_of(file), size);
}

static int shim_lock(sqlite3_file *file, int level)
{
	return inner_of(file)->pMethods->xLock(inner_of(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
	return inner_of(file)->pMethods->xUnlock(inner_of(file), level);
}

static int shim_check_reserved(sqlite3_file *file, int *reserved)
{
	return inner_of(file)->pMethods->xCheckReservedLock(inner_of(file), reserved);
}

static int shim_file_control(sqlite3_file *file, int op, void *arg)
{
	/* Without this a `psow=1` in a URI would switch the assumption on again. */
	if (op == SQLITE_FCNTL_POWERSAFE_OVERWRITE)
		return SQLITE_NOTFOUND;
	return inner_of(file)->pMethods->xFileControl(inner_of(file), op, arg);
}

static int shim_sector_size(sqlite3_file *file)
{
	(void)file;
	return STORE_SECTOR_SIZE;
}

static int shim_characteristics(sqlite3_file *file)
{
	int flags = inner_of(file)->pMethods->xDeviceCharacteristics(inner_of(file));

	return flags & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shim_shm_map(sqlite3_file *file, int page, int page_size, int extend, void volatile **out)
{
	return inner_of(file)->pMethods->xShmMap(inner_of(file), page, page_size, extend, out);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return inner_of(file)->pMethods->xShmLock(inner_of(file), offset, count, flags);
}

static void shim_shm_barrier(sqlite3_file *file)
{
	inner_of(file)->pMethods->xShmBarrier(inner_of(file));
}

static int shim_shm_unmap(sqlite3_file *file, int delete_it)
{
	return inner_of(file)->pMethods->xShmUnmap(inner_of(file), delete_it);
}

/* Version 2: shared memory, which WAL needs; no memory-mapped reads of the database, where a bad sector is a SIGBUS. */
static const sqlite3_io_methods shim_methods = {
	.iVersion = 2,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_file_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_check_reserved,
	.xFileControl = shim_file_control,
	.xSectorSize = shim_sector_size,
	.xDeviceCharacteristics = shim_characteristics,
	.xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock,
	.xShmBarrier = shim_shm_barrier,
	.xShmUnmap = shim_shm_unmap,
};

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	int rc;

	file->pMethods = NULL;
	rc = default_of(vfs)->xOpen(default_of(vfs), name, inner_of(file), flags, out_flags);
	/* SQLite closes a file exactly when it has methods, also after a failed open. */
	if (inner_of(file)->pMethods != NULL)
		file->pMethods = &shim_methods;
	return rc;
}

/* The process's one registration: SQLite keeps a pointer to it for good. */
static sqlite3_vfs shim_vfs;
static int shim_rc = -1;

static void register_shim(void)
{
	sqlite3_vfs *base = sqlite3_vfs_find(NULL);

	if (base == NULL)
		return;
	/* The calls on names and time take any VFS of the same kind: they are the default's own. */
	shim_vfs = *base;
	shim_vfs.pNext = NULL;
	shim_vfs.zName = STORE_VFS_NAME;
	shim_vfs.pAppData = base;
	shim_vfs.szOsFile = (int)sizeof(struct shim_file) + base->szOsFile;
	shim_vfs.xOpen = shim_open;
	shim_rc = sqlite3_vfs_register(&shim_vfs, 0) == SQLITE_OK ? 0 : -1;
}

int store_vfs_register(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, register_shim);
	return shim_rc;
}
