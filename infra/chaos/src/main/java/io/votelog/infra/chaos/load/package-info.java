/** Voters, readers and organisers with scripts, what each was answered, and what was seen to work while the system was broken. */
@NullMarked
package io.votelog.infra.chaos.load;

import org.jspecify.annotations.NullMarked;
