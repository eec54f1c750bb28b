/** The tiles of a transparency log (C2SP tlog-tiles): in a folder or behind a web server, read and written. */
@NullMarked
package io.votelog.auditor.tlog.tiles;

import org.jspecify.annotations.NullMarked;
