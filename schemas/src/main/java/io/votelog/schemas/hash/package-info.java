/** A keyed hash, for tables whose keys are chosen by strangers. It uses the JDK alone. */
@NullMarked
package io.votelog.schemas.hash;

import org.jspecify.annotations.NullMarked;
