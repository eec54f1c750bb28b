/** How instances find, know and ask one another. */
@NullMarked
package io.votelog.streams.read.instances;

import org.jspecify.annotations.NullMarked;
