/** Hashes: a keyed one for tables whose keys are chosen by strangers, and those of Merkle trees. They use the JDK alone. */
@NullMarked
package io.votelog.schemas.hash;

import org.jspecify.annotations.NullMarked;
