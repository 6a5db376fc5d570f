package io.gravity.sql;

import org.apache.flink.table.factories.ModuleFactory;
import org.apache.flink.table.module.Module;

/** Answers {@code LOAD MODULE gravity}. */
public final class GravityModuleFactory implements ModuleFactory {

    @Override
    public String factoryIdentifier() {
        return "gravity";
    }

    @Override
    public Module createModule(Context context) {
        return new GravityModule(context.getClassLoader());
    }
}
