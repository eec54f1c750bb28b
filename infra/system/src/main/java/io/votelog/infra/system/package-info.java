/**
 * A system of Votelog as processes on this machine: brokers, gateways, streams-apps. A plan says what runs, a running system starts
 * its parts, one by one or all at once, and has each as an object that can be asked, stopped and killed.
 */
@NullMarked
package io.votelog.infra.system;

import org.jspecify.annotations.NullMarked;
