/**
 * What the disk of a broker has when its machine loses power: an agent in the broker's JVM notes what each sync covers, and the broker's
 * folder is put back to that when it was killed.
 */
@NullMarked
package io.votelog.infra.chaos.disk;

import org.jspecify.annotations.NullMarked;
