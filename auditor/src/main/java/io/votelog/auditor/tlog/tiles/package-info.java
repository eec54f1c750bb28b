/**
 * The tiles of a transparency log (c2sp.org/tlog-tiles), in a folder or on a web server: reading, verifying and writing
 * them. Checkpoints and their signatures are in {@code tlog}.
 */
@NullMarked
package io.votelog.auditor.tlog.tiles;

import org.jspecify.annotations.NullMarked;
