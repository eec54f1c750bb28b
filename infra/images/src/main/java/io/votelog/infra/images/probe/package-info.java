/**
 * The program in the images that asks an app whether it is healthy: nothing else in them could. It uses the JDK's base module alone, and
 * starts in a fraction of a second.
 */
@NullMarked
package io.votelog.infra.images.probe;

import org.jspecify.annotations.NullMarked;
