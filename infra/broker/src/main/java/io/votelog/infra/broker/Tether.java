// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.broker;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/**
 * Runs another main class and ends this JVM when standard input ends: {@code java -cp … io.votelog.infra.broker.Tether
 * <main class> <its arguments…>}. The parent holds the other end of the pipe, and the kernel closes it however the
 * parent dies, so a tethered JVM does not outlive its parent.
 *
 * <p>On the end of standard input the JVM shuts down in order ({@link System#exit}, with its shutdown hooks), and is
 * halted where that takes longer than {@value #GRACE_PROPERTY} (milliseconds, {@value #DEFAULT_GRACE_MS} by default).
 * The main class that it runs sees an empty standard input.
 *
 * <p>Exit codes of its own: {@value #BAD_MAIN} where the main class cannot be run, {@value #FAILED_MAIN} where its main
 * method throws, {@value #ORPHANED} after the end of standard input.
 */
public final class Tether {
    /** System property: how long an orderly shutdown may take after standard input has ended, in milliseconds. */
    public static final String GRACE_PROPERTY = "votelog.tether.graceMs";

    static final long DEFAULT_GRACE_MS = 10_000;
    static final int FAILED_MAIN = 1;
    static final int BAD_MAIN = 2;
    static final int ORPHANED = 3;

    private Tether() {}

    public static void main(String[] args) {
        if (args.length == 0) {
            fail("Tether needs the name of a main class, then its arguments");
            return;
        }
        InputStream parent = System.in;
        System.setIn(InputStream.nullInputStream());
        daemon("tether", () -> {
                    awaitEnd(parent);
                    daemon("tether-halt", Tether::haltAfterGrace).start();
                    System.exit(ORPHANED);
                })
                .start();
        run(args[0], Arrays.copyOfRange(args, 1, args.length));
    }

    private static void run(String mainClass, String[] args) {
        Method main;
        try {
            main = Class.forName(mainClass).getMethod("main", String[].class);
        } catch (ClassNotFoundException e) {
            fail("Tether finds no class " + mainClass + " on the class path");
            return;
        } catch (NoSuchMethodException e) {
            fail("Tether finds no public static void main(String[]) in " + mainClass);
            return;
        }
        if (!Modifier.isStatic(main.getModifiers())) {
            fail("Tether finds no public static void main(String[]) in " + mainClass);
            return;
        }
        try {
            main.setAccessible(true); // a public main of a package-private class
            main.invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            cause.printStackTrace();
            System.exit(FAILED_MAIN);
        } catch (IllegalAccessException e) {
            fail("Tether may not call the main method of " + mainClass + ": " + e.getMessage());
        }
    }

    private static void awaitEnd(InputStream parent) {
        byte[] ignored = new byte[256];
        try {
            while (parent.read(ignored) >= 0) {
                // What the parent writes is ignored; only the end of the input matters.
            }
        } catch (IOException e) {
            // A broken standard input counts as ended.
        }
    }

    private static void haltAfterGrace() {
        try {
            Thread.sleep(Long.getLong(GRACE_PROPERTY, DEFAULT_GRACE_MS));
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; if somebody did, it would halt the JVM at once.
        }
        Runtime.getRuntime().halt(ORPHANED);
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    private static void fail(String message) {
        System.err.println(message);
        System.exit(BAD_MAIN);
    }
}
